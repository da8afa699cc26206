package config

import "strconv"

// Pos is a line of a configuration file. The zero Pos is nowhere.
type Pos struct {
	File string
	Line int // from 1
}

// String returns "file:line".
func (p Pos) String() string { return p.File + ":" + strconv.Itoa(p.Line) }

// IsValid says whether p is a place in a file.
func (p Pos) IsValid() bool { return p.File != "" }
