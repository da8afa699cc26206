// Package handover moves listening sockets between processes that have no
// master in common: "-x" on the side that takes, "expose-fd listeners" on a stats
// socket of the side that gives (management guide 3, "-x").
//
// The exchange is HAProxy's, so that either side may be one. The client sends
// "_getsocks" and a line feed. The answer is the number of sockets, a 32-bit
// integer in the machine's byte order, and then messages with at most 252
// descriptors each; the data of a message describes its descriptors in their
// order:
//
//	length of the namespace's name (1 byte), the name,
//	length of the interface's name (1 byte), the name,
//	options (a 32-bit integer, 0 here)
//
// After each message the client sends a 32-bit integer, the number of
// descriptors it had before, and the server waits for it.
package handover
