// Package config reads the configuration language of the HAProxy 3.4
// configuration manual (chapters 2 to 5) into a Spec.
//
// The way of the text is
//
//	files → words (quotes, escapes, environment, conditionals) → lines → Spec
//
// Everything that the language knows is a row in a table: a Keyword for a line
// of a section, an Option for a word of a bind, server, log or stats socket
// line. A row without a parse function is known but not built yet; using it is
// an error that says so. A Spec depends on no machine: names are not resolved,
// nothing is opened but the files that the text names (error pages), and two
// Specs can be compared.
//
// Parsing never stops at the first error. Diagnostics carry file and line, and
// print in the words of HAProxy.
package config
