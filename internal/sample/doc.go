// Package sample evaluates sample expressions: a fetch method takes a typed
// value out of a connection, a request or a response, and converters transform
// it (configuration manual, chapter 7.3).
//
// What the language knows is in two kinds of rows, Fetch and Converter. A row
// without a Compile function is known but not built yet and is refused by name.
// An expression is compiled once into a short program; evaluating it looks up
// no name and, in the steady state, allocates nothing: new bytes come from the
// scratch arena of the Ctx, samples on the way from its small stack.
package sample
