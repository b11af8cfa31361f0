//! A small Redis for the tests: the commands of the shared cache, and every misbehaviour that a client must survive.

use std::collections::HashMap;
use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// What the store does with a command.
#[derive(Clone, Default)]
pub enum Conduct {
    #[default]
    Redis,
    /// These bytes in place of each reply.
    Bytes(Vec<u8>),
    /// One of these bytes now and then.
    Drip(Vec<u8>),
    Silence,
    /// Redis, but each reply takes 0.4 seconds.
    Slow,
    Close,
    /// Redis, but this error reply to each command with that name.
    Error(&'static str, &'static str),
    /// Redis, but every third connection is closed at once.
    Resets,
}

#[derive(Default)]
pub struct State {
    pub conduct: Conduct,
    pub password: Option<&'static str>,
    values: HashMap<Vec<u8>, (Vec<u8>, Option<Instant>)>,
    pub commands: Vec<Vec<Vec<u8>>>,
    pub connections: usize,
}

/// It runs until the tests end.
pub struct Store {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Store {
    pub fn start() -> Self {
        Self::behaving(Conduct::Redis)
    }

    pub fn behaving(conduct: Conduct) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = Arc::new(Mutex::new(State { conduct, ..State::default() }));
        let (address, shared) = (listener.local_addr().unwrap(), Arc::clone(&state));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let state = Arc::clone(&shared);
                thread::spawn(move || stream.and_then(|stream| serve(stream, &state)));
            }
        });
        Self { address, state }
    }

    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The names of the commands so far.
    pub fn commands(&self) -> Vec<String> {
        self.state().commands.iter().map(|words| String::from_utf8_lossy(&words[0]).into_owned()).collect()
    }

    pub fn clear(&self) {
        self.state().values.clear();
    }

    /// The name and the value of the key that ends with `what`, and how long it stays.
    pub fn value(&self, what: &str) -> Option<(Vec<u8>, Vec<u8>, Option<Duration>)> {
        let state = self.state();
        let (name, (value, end)) = state.values.iter().find(|(name, _)| name.ends_with(what.as_bytes()))?;
        Some((name.clone(), value.clone(), end.map(|end| end.saturating_duration_since(Instant::now()))))
    }

    pub fn set(&self, name: &[u8], value: &[u8], left: Option<Duration>) {
        self.state().values.insert(name.to_vec(), (value.to_vec(), left.map(|left| Instant::now() + left)));
    }

    /// All that it holds, names and values.
    pub fn content(&self) -> Vec<u8> {
        let state = self.state();
        state.values.iter().flat_map(|(name, (value, _))| [&name[..], b"\n", value, b"\n"].concat()).collect()
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let (count, conduct) = {
        let mut state = state.lock().unwrap();
        state.connections += 1;
        (state.connections, state.conduct.clone())
    };
    if matches!(conduct, Conduct::Resets) && count % 3 == 0 {
        return Ok(());
    }
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut is_known = state.lock().unwrap().password.is_none();
    loop {
        let mut words = Vec::new();
        for _ in 0..number(&mut reader)? {
            let mut word = vec![0; number(&mut reader)? + 2];
            reader.read_exact(&mut word)?;
            word.truncate(word.len() - 2);
            words.push(word);
        }
        let reply = {
            let mut state = state.lock().unwrap();
            state.commands.push(words.clone());
            let name = String::from_utf8_lossy(&words[0]).into_owned();
            match &state.conduct {
                Conduct::Bytes(bytes) => bytes.clone(),
                Conduct::Error(command, text) if *command == name => format!("-{text}\r\n").into_bytes(),
                Conduct::Redis | Conduct::Error(..) | Conduct::Resets | Conduct::Slow => {
                    state.reply(&name, &words, &mut is_known)
                }
                Conduct::Close => return Ok(()),
                Conduct::Silence | Conduct::Drip(_) => Vec::new(),
            }
        };
        if let Conduct::Drip(bytes) = &conduct {
            for byte in bytes.iter().cycle() {
                stream.write_all(&[*byte])?;
                thread::sleep(Duration::from_millis(20));
            }
        }
        if matches!(conduct, Conduct::Slow) {
            thread::sleep(Duration::from_millis(400));
        }
        stream.write_all(&reply)?;
    }
}

/// The number of a line `*3` or `$3`.
fn number(reader: &mut impl io::BufRead) -> io::Result<usize> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line[1..].trim_end().parse().unwrap())
}

fn bulk(value: Option<&[u8]>) -> Vec<u8> {
    value.map_or(b"$-1\r\n".to_vec(), |value| [format!("${}\r\n", value.len()).as_bytes(), value, b"\r\n"].concat())
}

impl State {
    fn reply(&mut self, name: &str, words: &[Vec<u8>], is_known: &mut bool) -> Vec<u8> {
        let now = Instant::now();
        self.values.retain(|_, (_, end)| end.is_none_or(|end| end > now));
        match (name, &words[1..]) {
            ("AUTH", [.., password]) => {
                *is_known = self.password.is_some_and(|own| own.as_bytes() == password);
                if *is_known { b"+OK\r\n".to_vec() } else { b"-WRONGPASS invalid username-password pair\r\n".to_vec() }
            }
            _ if !*is_known => b"-NOAUTH Authentication required.\r\n".to_vec(),
            ("PTTL", [key]) => {
                let left = self.values.get(key).map(|(_, end)| end.map_or(-1, |end| (end - now).as_millis() as i64));
                format!(":{}\r\n", left.unwrap_or(-2)).into_bytes()
            }
            ("MGET", keys) => {
                let value = |key| bulk(self.values.get(key).map(|(value, _)| &value[..]));
                [format!("*{}\r\n", keys.len()).into_bytes(), keys.iter().flat_map(value).collect()].concat()
            }
            ("SET", [key, value, px, left, options @ ..]) if px == b"PX" => {
                if options == [b"NX"] && self.values.contains_key(key) {
                    return bulk(None);
                }
                let left = str::from_utf8(left).unwrap().parse().unwrap();
                self.values.insert(key.clone(), (value.clone(), Some(now + Duration::from_millis(left))));
                b"+OK\r\n".to_vec()
            }
            ("DEL", keys) => {
                let count = keys.iter().filter(|key| self.values.remove(*key).is_some()).count();
                format!(":{count}\r\n").into_bytes()
            }
            _ => format!("-ERR unknown command '{name}'\r\n").into_bytes(),
        }
    }
}
