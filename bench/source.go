package main

import (
	"bytes"
	"net"
	"os"
	"strconv"
)

// runSource sends as many bytes as the client's first eight digits say
// (hexadecimal MiB), then closes.
func runSource() {
	l, err := net.Listen("tcp", os.Args[2])
	check(err)
	block := bytes.Repeat([]byte{'x'}, 1<<20)
	for {
		c, err := l.Accept()
		check(err)
		go func() {
			defer c.Close()
			var b [8]byte
			for n := 0; n < len(b); {
				m, err := c.Read(b[n:])
				if err != nil {
					return
				}
				n += m
			}
			mib, err := strconv.ParseUint(string(b[:]), 16, 32)
			if err != nil {
				return
			}
			for range mib {
				if _, err := c.Write(block); err != nil {
					return
				}
			}
		}()
	}
}
