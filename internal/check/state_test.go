package check

import "testing"

func TestState(t *testing.T) {
	for _, tt := range []struct {
		name       string
		rise, fall int
		checks     string // + good, - bad
		want       string // after each: u up, d down, U went up, D went down
	}{
		{"first bad check takes it down", 2, 3, "-", "D"},
		{"fall bad checks once it was steady", 2, 3, "++---", "uuuuD"},
		{"a good check in between starts over", 2, 3, "++--+--+---", "uuuuuuuuuuD"},
		{"rise good checks bring it back", 2, 3, "-+-++", "Dddd" + "U"},
		{"back up needs fall bad ones again", 2, 3, "-++---", "DdUuuD"},
		{"one and one", 1, 1, "+-+-", "uDUD"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := Initial(tt.rise, tt.fall)
			var got []byte
			for _, c := range tt.checks {
				switch ch := s.Apply(c == '+'); {
				case ch == WentDown:
					got = append(got, 'D')
				case ch == WentUp:
					got = append(got, 'U')
				case s.Up():
					got = append(got, 'u')
				default:
					got = append(got, 'd')
				}
			}
			if string(got) != tt.want {
				t.Errorf("checks %s: %s, want %s", tt.checks, got, tt.want)
			}
		})
	}
}
