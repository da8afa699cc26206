// Package pattern holds the lists and maps that ACLs and converters look values up
// in (configuration manual, chapters 2.7 and 7.1).
//
// A Reference is what lines share by name: its entries, in versions that replace one
// another at once. A View is one way of looking into it: exact strings, prefixes,
// suffixes, parts, addresses and single numbers by hash, ranges of numbers in a tree,
// whatever the number of entries; substrings and regular expressions one after the other.
//
// Entries may change while others look them up. Looking up takes no lock, waits for
// nobody and allocates nothing.
package pattern
