//! The way into the check from a browser: the one file that handles memory by hand, because a page can hand over nothing but numbers.
//!
//! A page asks for room with `allocate`, writes what it brought along, the file's name and its bytes there, calls `check`, and reads
//! so many bytes as `length` says from where `check` says. It makes a new instance for each file, so that nothing is given back, and
//! whatever goes wrong with one file is over with it.

#![allow(unsafe_code, reason = "the memory is shared with the page")]

use std::sync::Mutex;

/// The last answer, which stays where it is until the next.
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Room for so many bytes.
#[unsafe(no_mangle)]
pub extern "C" fn allocate(length: usize) -> *mut u8 {
    Box::leak(vec![0; length].into_boxed_slice()).as_mut_ptr()
}

/// Checks a file: where three texts lie, and how long they are. Gives where the answer lies.
///
/// # Safety
/// Each place has to be one that `allocate` gave, for as many bytes as are named.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn check(
    brought: *const u8,
    brought_length: usize,
    name: *const u8,
    name_length: usize,
    file: *const u8,
    file_length: usize,
) -> *const u8 {
    // SAFETY: as promised above; what `allocate` gave is never given back, and nobody writes there while this runs.
    let [brought, name, file] = unsafe {
        [(brought, brought_length), (name, name_length), (file, file_length)]
            .map(|(place, length)| std::slice::from_raw_parts(place, length))
    };
    let said = super::say(brought, &String::from_utf8_lossy(name), file);
    let said = said.unwrap_or_else(|error| serde_json::json!({ "problem": format!("{error:#}") }).to_string());
    let mut answer = ANSWER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    *answer = said.into_bytes();
    answer.as_ptr()
}

/// How long the last answer is.
#[unsafe(no_mangle)]
pub extern "C" fn length() -> usize {
    ANSWER.lock().unwrap_or_else(std::sync::PoisonError::into_inner).len()
}
