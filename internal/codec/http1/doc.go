// Package http1 is the HTTP/1 codec of the data plane: heads (start line and fields) and message bodies, RFC 9112.
//
// A Head is a view: offsets into the bytes that were received, plus a small arena for the bytes that rules write. Nothing is copied while
// parsing and nothing is allocated once a Head has been used a few times, because Reset keeps its arrays. A Body follows the framing of one
// message byte by byte. Neither does any I/O, both can be stopped and resumed at every byte, and the outcome never depends on how the bytes
// were cut: parsing a head a byte at a time costs about as much as parsing it at once.
//
// The life of a Head:
//
//	Reset ──> ParseRequest/ParseResponse ──(0, nil: more bytes, same beginning)──┐
//	              │      ^                                                      │
//	              │      └──────────────────────────────────────────────────────┘
//	              ├──(n, nil)──> read it, change it (Add, Set, Del, SetTarget, StripHop …) ──> Append ──> Reset
//	              └──(0, *Error)──> the message is refused; the same error again until Reset
//
// # What is accepted
//
// Wherever RFC 9112 leaves a choice, and in some places where it does not, the decisions are those of the reference (HAProxy 3.4/3.5),
// found by sending it bytes and looking at what it forwards or answers. Where Sluice is stricter, the comment beside the code says so.
// In short, for requests:
//
//   - A line may end in LF alone. A CR that is not followed by LF is refused everywhere in a head, NUL too; other control characters are
//     let through in field values, as the reference does.
//   - Empty lines before the request line are skipped. Several spaces or tabs may separate the three parts of the request line.
//   - A field name has at most 255 bytes.
//   - Folded field lines are joined: each CR and LF of the fold becomes a space.
//   - The version is HTTP/ digit . digit; anything above 1.1 counts as 1.1, anything below 1.0 as 1.0.
//   - Content-Length: digits only, fits in 63 bits; equal repetitions, by lines or commas, are merged, different ones refused.
//   - Transfer-Encoding: one "chunked" and nothing else. Other codings before it are answered 422, everything else 400. With a
//     Content-Length beside it, the latter is removed and the connection closes after the message; the same closing goes for HTTP/1.0.
//   - Host: equal repetitions are merged, different ones refused; a missing one is accepted, a malformed one is not. The authority of an
//     absolute target must agree with it and has no colon but the port's; the default port is removed from it.
//   - The target holds no control character, no byte above 0x7e and no fragment.
//   - Limits.Lax accepts what the manual lists for the two options about violations; lax.go has it all.
//   - Too long a start line is answered 414, too long a head 431, too many fields 400; every fault in a response counts as 502.
package http1
