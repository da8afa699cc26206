package config

import "testing"

func TestArity(t *testing.T) {
	for args, want := range map[string][2]int{
		"":                                   {0, 0},
		"<size>":                             {1, 1},
		"<file path>":                        {1, 1},
		"[<name>]":                           {0, 1},
		"{ on | off }":                       {1, 1},
		"[ on | off ]":                       {0, 1},
		"<a> <b>":                            {2, 2},
		"<name> ...":                         {1, -1},
		"[<name> ...]":                       {0, -1},
		"<name>[,<name>...]":                 {1, 1},
		"[<group>/]<set>":                    {1, 1},
		"<addr>[:<port>] [interface <name>]": {1, 3},
		"[ except <network> ] [ if-none ]":   {0, 3},
		"{ if | unless } <condition>":        {2, 2},
		"{ if | unless } <condition> ...":    {2, -1},
		"[ { if | unless } <cond> ]":         {0, 2},
		"{ status <code> | allow } [<x>]*":   {1, -1},
		"(<name>[,<cond>...]) <expr>":        {1, 1},
		"(<name>)":                           {0, 0},
		"[ user <name> [ { a | b } ] ]":      {0, 3},
		"{ a | b }[(<args>)]":                {1, 1},
		"[ a | b ]*":                         {0, -1},
		"[":                                  {0, 0},
		"{ a":                                {1, 1},
		"]":                                  {1, 1},
		"<a":                                 {1, 1},
	} {
		if least, most := arity(args); least != want[0] || most != want[1] {
			t.Errorf("%q: %d %d, want %v", args, least, most, want)
		}
	}
}
