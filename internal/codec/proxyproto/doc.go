// Package proxyproto reads and writes what a proxy in front says about a connection before its first byte: the PROXY
// protocol, versions 1 and 2 (proxy-protocol.txt), and NetScaler's client IP insertion. It holds bytes and addresses
// only: who may send a header, and how long one is waited for, is the caller's concern.
package proxyproto
