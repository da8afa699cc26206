// Package pattern matches values against sets of patterns (configuration
// manual, chapter 7.1): exact strings by hash, prefixes and suffixes by binary
// search in a set without redundant members, numbers and addresses by binary
// search in merged ranges, and the rest one after the other.
//
// A set is filled once, by a Builder, and never changes; looking up allocates
// nothing.
package pattern
