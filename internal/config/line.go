package config

// Line is a statement: a non-empty line cut into words after quotes, escapes
// and variables were resolved (manual 2.1 to 2.3), without its "no" or
// "default" prefix.
type Line struct {
	Pos     Pos
	Words   []string // Words[0] is the keyword
	No      bool     // "no" stood before the keyword
	Default bool     // "default" stood before the keyword
}

// Arg returns the i-th word, Arg(0) being the keyword, and "" past the end.
func (l *Line) Arg(i int) string {
	if i < len(l.Words) {
		return l.Words[i]
	}
	return ""
}
