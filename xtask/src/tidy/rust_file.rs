//! A Rust file as a flat list of tokens. Comments are gone, and every token knows its line, whether it belongs to tests
//! and whether it stands in an attribute (doc comments are attributes), so that checks never mistake words for code.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// One token.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// As written; empty for brackets.
    pub(crate) text: String,
    /// Counted from 1.
    pub(crate) line: usize,
    /// Inside an item under `#[cfg(test)]` or `#[test]`.
    pub(crate) test: bool,
    /// Inside `#[…]`, doc comments included.
    pub(crate) attribute: bool,
    /// For an opening bracket, the place of its closing one.
    pub(crate) close: usize,
    /// A punctuation mark with the next one right behind it, as in `>=`.
    pub(crate) joint: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Ident,
    Punct(char),
    Literal,
    Open(char),
    Close(char),
}

/// One file.
#[derive(Debug)]
pub(crate) struct RustFile {
    pub(crate) path: String,
    /// All lines, blank ones and comments included.
    pub(crate) lines: usize,
    /// Lines of items under `#[cfg(test)]`, first and last.
    pub(crate) test_spans: Vec<(usize, usize)>,
    pub(crate) tokens: Vec<Token>,
    /// The whole file is test code: below `tests/`, called `tests.rs`, or declared by a module under `#[cfg(test)]`.
    pub(crate) is_test: bool,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) lines: usize,
    pub(crate) test: bool,
}

/// A path of names as used or imported: `std::{fs, io}` gives `std::fs` and `std::io`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NamePath {
    pub(crate) names: Vec<String>,
    pub(crate) line: usize,
    pub(crate) test: bool,
}

impl RustFile {
    /// Reads the tokens; text that is no Rust gives the reason.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, String> {
        let stream: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
        let mut flat = Flat::default();
        flat.stream(stream, false, false);
        Ok(Self {
            path: path.to_owned(),
            lines: text.lines().count(),
            test_spans: flat.test_spans,
            tokens: flat.tokens,
            is_test: is_test_path(path),
        })
    }

    /// The room (folder below `crates/`) that the file belongs to.
    pub(crate) fn room(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Lines that are not in test items.
    pub(crate) fn lines_without_tests(&self) -> usize {
        let tests: usize = self
            .test_spans
            .iter()
            .map(|(first, last)| last + 1 - first)
            .sum();
        self.lines.saturating_sub(tests)
    }

    /// Every function with a body; nested ones count on their own and within their outer one.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let named = |at: usize| {
            let name = self.tokens.get(at + 1)?;
            let token = self.tokens.get(at)?;
            (token.is("fn") && !token.attribute && name.kind == Kind::Ident)
                .then_some((token, name))
        };
        (0..self.tokens.len())
            .filter_map(|at| {
                let (token, name) = named(at)?;
                let end = self.tokens.get(self.body_close(at + 2)?)?.line;
                Some(Function {
                    name: name.text.clone(),
                    line: token.line,
                    lines: end + 1 - token.line,
                    test: token.test || self.is_test,
                })
            })
            .collect()
    }

    /// The closing bracket of the body of a function whose parameters begin at `at`; nothing for a declaration.
    pub(crate) fn body_close(&self, mut at: usize) -> Option<usize> {
        let mut after_angle = false;
        loop {
            let token = self.tokens.get(at)?;
            match token.kind {
                // `Foo<{ N }>` has braces in a signature, right behind the angle.
                Kind::Open('{') if !after_angle => return Some(token.close),
                Kind::Open(_) => at = token.close,
                Kind::Punct(';') | Kind::Close(_) => return None,
                _ => {}
            }
            after_angle = token.kind == Kind::Punct('<');
            at += 1;
        }
    }

    /// Every path outside attributes, imports spelled out.
    pub(crate) fn name_paths(&self) -> Vec<NamePath> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.name_path(at, &[], &mut found).max(at + 1);
        }
        found
    }

    /// Reads a path that begins at `at` behind `prefix`; returns where to go on.
    fn name_path(&self, mut at: usize, prefix: &[String], found: &mut Vec<NamePath>) -> usize {
        let Some(first) = self.tokens.get(at) else {
            return at;
        };
        let mut names = prefix.to_vec();
        while let Some(token) = self.tokens.get(at)
            && token.kind == Kind::Ident
            && !token.attribute
        {
            names.push(token.text.clone());
            at += 1;
            if !self.is_double_colon(at) {
                break;
            }
            at += 2;
        }
        if names.len() == prefix.len() {
            return at;
        }
        if let Some(group) = self.tokens.get(at)
            && group.kind == Kind::Open('{')
            && at > 0
            && self.is_double_colon(at.saturating_sub(2))
        {
            let close = group.close;
            let mut inner = at + 1;
            while inner < close {
                inner = self.name_path(inner, &names, found).max(inner + 1);
            }
            return close + 1;
        }
        let (line, test) = (first.line, first.test || self.is_test);
        found.push(NamePath { names, line, test });
        at
    }

    fn is_double_colon(&self, at: usize) -> bool {
        let colon = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.kind == Kind::Punct(':'))
        };
        colon(at) && colon(at + 1)
    }

    /// Paths (without `.rs`) of modules that this file declares under `#[cfg(test)]`, as `mod name;`.
    pub(crate) fn test_modules(&self) -> Vec<String> {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", &self.path));
        let folder = match name {
            "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
            _ => self.path.trim_end_matches(".rs").to_owned(),
        };
        self.tokens
            .windows(3)
            .filter_map(|window| match window {
                [keyword, name, end] if keyword.test && keyword.is("mod") => {
                    (end.kind == Kind::Punct(';')).then(|| format!("{folder}/{}", name.text))
                }
                _ => None,
            })
            .collect()
    }
}

impl Token {
    /// Whether this is the identifier or keyword `name`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.kind == Kind::Ident && self.text == name
    }
}

impl NamePath {
    /// Whether these names stand in the path, one behind the other.
    pub(crate) fn holds(&self, names: &[&str]) -> bool {
        self.names.windows(names.len()).any(|part| part == names)
    }
}

/// Parses every Rust file of a list and settles which of them are test code; files that cannot be read come back as
/// (path, reason).
pub(crate) fn parse_all<'a>(
    texts: impl Iterator<Item = (&'a str, &'a str)>,
) -> (Vec<RustFile>, Vec<(String, String)>) {
    let mut files = Vec::new();
    let mut unread = Vec::new();
    for (path, text) in texts {
        let is_rust = path.rsplit_once('.').is_some_and(|(_, end)| end == "rs");
        if !is_rust {
            continue;
        }
        match RustFile::parse(path, text) {
            Ok(file) => files.push(file),
            Err(reason) => unread.push((path.to_owned(), reason)),
        }
    }
    let modules: BTreeSet<String> = files.iter().flat_map(RustFile::test_modules).collect();
    for file in &mut files {
        let stem = file.path.trim_end_matches(".rs");
        let declared = |stem: &str| modules.contains(stem);
        let above = stem.match_indices('/').any(|(at, _)| {
            let folder = stem.get(..at).unwrap_or_default();
            declared(folder)
        });
        file.is_test |= declared(stem) || above;
    }
    (files, unread)
}

fn is_test_path(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tests" | "tests.rs"))
}

#[derive(Default)]
struct Flat {
    tokens: Vec<Token>,
    test_spans: Vec<(usize, usize)>,
}

impl Flat {
    fn stream(&mut self, stream: TokenStream, test: bool, attribute: bool) {
        let mut previous_hash = false;
        // The first line of an item that an attribute has marked as test, until the item ends.
        let mut marked: Option<usize> = None;
        for tree in stream {
            let line = tree.span().start().line;
            let last = tree.span().end().line;
            let in_test = test || marked.is_some();
            let opens_attribute = previous_hash && is_group(&tree, Delimiter::Bracket);
            // `#![…]`: the exclamation mark keeps the hash in mind.
            previous_hash = is_punct(&tree, '#') || (previous_hash && is_punct(&tree, '!'));
            let ends_item = is_punct(&tree, ';') || is_group(&tree, Delimiter::Brace);
            if opens_attribute && !in_test && is_test_attribute(&tree) {
                marked = Some(line);
            }
            self.tree(tree, in_test, attribute || opens_attribute);
            if ends_item && let Some(first) = marked.take() {
                self.test_spans.push((first, last));
            }
        }
    }

    fn tree(&mut self, tree: TokenTree, test: bool, attribute: bool) {
        let mut token = Token {
            kind: Kind::Ident,
            text: String::new(),
            line: tree.span().start().line,
            test,
            attribute,
            close: self.tokens.len(),
            joint: false,
        };
        match tree {
            TokenTree::Ident(ident) => token.text = ident.to_string(),
            TokenTree::Punct(punct) => {
                token.kind = Kind::Punct(punct.as_char());
                token.joint = punct.spacing() == Spacing::Joint;
            }
            TokenTree::Literal(literal) => {
                token.kind = Kind::Literal;
                token.text = literal.to_string();
            }
            TokenTree::Group(group) => return self.group(&group, token),
        }
        self.tokens.push(token);
    }

    fn group(&mut self, group: &Group, mut open: Token) {
        let (opening, closing) = match group.delimiter() {
            Delimiter::Parenthesis => ('(', ')'),
            Delimiter::Brace => ('{', '}'),
            Delimiter::Bracket => ('[', ']'),
            Delimiter::None => (' ', ' '),
        };
        let mut close = open.clone();
        open.kind = Kind::Open(opening);
        close.kind = Kind::Close(closing);
        close.line = group.span_close().start().line;
        let at = self.tokens.len();
        let (test, attribute) = (open.test, open.attribute);
        self.tokens.push(open);
        self.stream(group.stream(), test, attribute);
        close.close = self.tokens.len();
        if let Some(open) = self.tokens.get_mut(at) {
            open.close = close.close;
        }
        self.tokens.push(close);
    }
}

fn is_punct(tree: &TokenTree, wanted: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn is_group(tree: &TokenTree, wanted: Delimiter) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == wanted)
}

/// `[test]`, `[tokio::test]`, `[cfg(test)]`, `[cfg(any(test, …))]`; not `[cfg(not(test))]`, not `[cfg_attr(test, …)]`.
fn is_test_attribute(tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else {
        return false;
    };
    let names = |stream: TokenStream| {
        let mut flat = Flat::default();
        flat.stream(stream, true, false);
        flat.tokens
    };
    let tokens = names(group.stream());
    let has = |name: &str| tokens.iter().any(|token| token.is(name));
    let begins = |name: &str| tokens.first().is_some_and(|token| token.is(name));
    let path_only = tokens
        .iter()
        .all(|token| token.kind == Kind::Ident || token.kind == Kind::Punct(':'));
    (begins("cfg") && has("test") && !has("not"))
        || (path_only && tokens.last().is_some_and(|token| token.is("test")))
}

#[cfg(test)]
mod tests;
