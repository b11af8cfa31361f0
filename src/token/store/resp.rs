//! RESP2, the protocol of Redis and Valkey: commands out, replies in.
//!
//! It reads only the replies that the shared cache needs, and checks each length against a limit before it keeps one.

use zeroize::Zeroizing;

/// A larger value is none of ours: a token response has at most 1 MiB.
pub const LONGEST_VALUE: usize = 1024 * 1024 + 4 * 1024;

/// In bytes; error messages are shorter.
const LONGEST_LINE: usize = 1024;

const MOST_ITEMS: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Status(Vec<u8>),
    Error(Vec<u8>),
    Integer(i64),
    Bulk(Vec<u8>),
    Nil,
    /// Without a list in it.
    List(Vec<Reply>),
}

/// The bytes are no reply, or exceed a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotRedis;

/// Appends a command.
pub fn write(command: &[&[u8]], to: &mut Zeroizing<Vec<u8>>) {
    to.extend_from_slice(format!("*{}\r\n", command.len()).as_bytes());
    for part in command {
        to.extend_from_slice(format!("${}\r\n", part.len()).as_bytes());
        to.extend_from_slice(part);
        to.extend_from_slice(b"\r\n");
    }
}

/// The reply at the start of `bytes`, and its length; `None` if it is incomplete.
pub fn read(bytes: &[u8]) -> Result<Option<(Reply, usize)>, NotRedis> {
    let Some((head, mut at)) = line(bytes)? else { return Ok(None) };
    let (kind, text) = head.split_first().ok_or(NotRedis)?;
    if *kind != b'*' {
        return Ok(value(*kind, text, &bytes[at..])?.map(|(reply, length)| (reply, at + length)));
    }
    let mut items = Vec::new();
    for _ in 0..length(text, MOST_ITEMS)?.ok_or(NotRedis)? {
        let Some((head, start)) = line(&bytes[at..])? else { return Ok(None) };
        let (kind, text) = head.split_first().ok_or(NotRedis)?;
        let Some((item, length)) = value(*kind, text, &bytes[at + start..])? else { return Ok(None) };
        items.push(item);
        at += start + length;
    }
    Ok(Some((Reply::List(items), at)))
}

/// The reply whose line is `kind` and `text`, and how much of `rest` belongs to it.
fn value(kind: u8, text: &[u8], rest: &[u8]) -> Result<Option<(Reply, usize)>, NotRedis> {
    let reply = match kind {
        b'+' => Reply::Status(text.to_vec()),
        b'-' => Reply::Error(text.to_vec()),
        b':' => Reply::Integer(number(text)?),
        b'$' => match length(text, LONGEST_VALUE)? {
            None => Reply::Nil,
            Some(length) if rest.len() < length + 2 => return Ok(None),
            Some(length) if &rest[length..length + 2] != b"\r\n" => return Err(NotRedis),
            Some(length) => return Ok(Some((Reply::Bulk(rest[..length].to_vec()), length + 2))),
        },
        _ => return Err(NotRedis),
    };
    Ok(Some((reply, 0)))
}

/// The first line without its end, and where the next begins.
fn line(bytes: &[u8]) -> Result<Option<(&[u8], usize)>, NotRedis> {
    let start = &bytes[..bytes.len().min(LONGEST_LINE)];
    match start.windows(2).position(|pair| pair == b"\r\n") {
        Some(end) => Ok(Some((&bytes[..end], end + 2))),
        None if bytes.len() < LONGEST_LINE => Ok(None),
        None => Err(NotRedis),
    }
}

/// A length up to `most`; `None` is -1, which is nil.
fn length(text: &[u8], most: usize) -> Result<Option<usize>, NotRedis> {
    match number(text)? {
        -1 => Ok(None),
        length => usize::try_from(length).ok().filter(|length| *length <= most).map(Some).ok_or(NotRedis),
    }
}

fn number(text: &[u8]) -> Result<i64, NotRedis> {
    str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(NotRedis)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(reply: &Reply) -> Vec<u8> {
        match reply {
            Reply::Status(text) => [b"+", &text[..], b"\r\n"].concat(),
            Reply::Error(text) => [b"-", &text[..], b"\r\n"].concat(),
            Reply::Integer(number) => format!(":{number}\r\n").into_bytes(),
            Reply::Bulk(bytes) => [format!("${}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat(),
            Reply::Nil => b"$-1\r\n".to_vec(),
            Reply::List(items) => {
                let items: Vec<u8> = items.iter().flat_map(written).collect();
                [format!("*{}\r\n", reply_count(reply)).as_bytes(), &items].concat()
            }
        }
    }

    fn reply_count(reply: &Reply) -> usize {
        if let Reply::List(items) = reply { items.len() } else { 0 }
    }

    fn value() -> impl Strategy<Value = Reply> {
        prop_oneof![
            "[ -~]{0,40}".prop_map(|text| Reply::Status(text.into())),
            "[ -~]{0,40}".prop_map(|text| Reply::Error(text.into())),
            any::<i64>().prop_map(Reply::Integer),
            prop::collection::vec(any::<u8>(), 0..300).prop_map(Reply::Bulk),
            Just(Reply::Nil),
        ]
    }

    fn reply() -> impl Strategy<Value = Reply> {
        prop_oneof![value(), prop::collection::vec(value(), 0..=MOST_ITEMS).prop_map(Reply::List)]
    }

    proptest! {
        #[test]
        fn a_reply_is_read_as_a_whole_and_no_sooner(reply in reply(), more in prop::collection::vec(any::<u8>(), 0..9)) {
            let bytes = written(&reply);
            for end in 0..bytes.len() {
                prop_assert_eq!(read(&bytes[..end]), Ok(None));
            }
            let length = bytes.len();
            prop_assert_eq!(read(&[bytes, more].concat()), Ok(Some((reply, length))));
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in "[-+:$*]") {
            let _ = read(&bytes);
            let _ = read(&[kind.as_bytes(), &bytes].concat());
            let _ = read(&[kind.as_bytes(), b"3\r\n", &bytes].concat());
        }
    }

    #[test]
    fn what_exceeds_a_limit_is_no_reply() {
        for hostile in [
            &b"$99999999999\r\n"[..],
            b"$-2\r\n",
            b"*1000000000\r\n",
            b"*-1\r\n",
            b"*1\r\n*1\r\n",
            b":1e9\r\n",
            b"HTTP/1.1 400 Bad Request\r\n",
            b"$2\r\nabc\r\n",
            b"\r\n",
            &[b'+'; LONGEST_LINE],
        ] {
            assert_eq!(read(hostile), Err(NotRedis), "{}", hostile.escape_ascii());
        }
        assert_eq!(read(&[b'+'; LONGEST_LINE - 1]), Ok(None));
    }

    #[test]
    fn a_command_is_a_list_of_its_parts() {
        let mut bytes = Zeroizing::new(Vec::new());
        write(&[b"SET", b"a b", b"\r\n"], &mut bytes);
        assert_eq!(&bytes[..], b"*3\r\n$3\r\nSET\r\n$3\r\na b\r\n$2\r\n\r\n\r\n");
    }
}
