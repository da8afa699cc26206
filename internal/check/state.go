package check

// State counts good and bad checks. Health runs from 0, down, to rise+fall-1,
// steadily up; the server is up from rise on.
type State struct {
	Rise, Fall int
	Health     int
}

// Change is what a check did to the server's state.
type Change uint8

// The changes.
const (
	NoChange Change = iota
	WentDown
	WentUp
)

// Initial is the state before the first check: up, but one bad check is enough
// to take it down.
func Initial(rise, fall int) State {
	s := State{Rise: max(rise, 1), Fall: max(fall, 1)}
	s.Health = s.Rise
	return s
}

// Up tells whether the server may be used.
func (s *State) Up() bool { return s.Health >= s.Rise }

// Steady tells whether the next check can not change the state.
func (s *State) Steady() bool { return s.Health == s.Rise+s.Fall-1 }

// Apply counts one check.
func (s *State) Apply(ok bool) Change {
	was := s.Up()
	switch {
	case ok && !was:
		if s.Health++; s.Up() {
			s.Health = s.Rise + s.Fall - 1
			return WentUp
		}
	case ok: // one good check makes it steady again: only bad ones in a row count
		s.Health = s.Rise + s.Fall - 1
	case was && s.Health > s.Rise:
		s.Health--
	case was:
		s.Health = 0
		return WentDown
	default:
		s.Health = 0
	}
	return NoChange
}
