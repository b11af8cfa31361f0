#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| catena_token::fuzzing::store_reply(bytes));
