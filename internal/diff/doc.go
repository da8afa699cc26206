// Package diff tells what one configuration has that another has not: what a
// reload would change.
//
// Two Specs are compared by what they have in force. Every section is taken as
// the lines of its canonical form, inherited settings included, so comments,
// blanks, the order of sections, the way a value is written and the place where
// it was inherited from make no difference, while an option that is added to the
// language, and printed, is compared without more. Order counts where it means
// something: among rules of a set, servers of a backend, steps of a check.
//
// The files that a configuration names (maps, pattern files, error pages) are
// compared by their contents.
package diff
