package config

// Level is the severity of a diagnostic.
type Level uint8

const (
	Alert   Level = iota // the configuration cannot be used
	Warning              // it can, but probably not as meant
	Notice               // of a ".notice" line
	Diag                 // shown with -dD only: a ".diag" line, a suspicion
)

// String returns the tag: "ALERT", "WARNING", "NOTICE" or "DIAG".
func (l Level) String() string {
	return [...]string{"ALERT", "WARNING", "NOTICE", "DIAG"}[l&3]
}

// Form is how a diagnostic is introduced, which differs in the reference from
// message to message.
type Form uint8

const (
	FormParsing Form = iota // "config : parsing [file:line] : text"
	FormTight               // "config : parsing [file:line]: text"
	FormPlace               // "config : [file:line] : text"
	FormConfig              // "config : text"
	FormBare                // "text"
)

// Diagnostic is one message about a configuration.
type Diagnostic struct {
	Level Level
	Form  Form
	// Mild marks an alert after which the configuration can be used all the same.
	Mild bool
	// Unbuilt marks an alert about a part that is not built yet: the text is
	// right, and the Spec says all of it.
	Unbuilt bool
	Pos     Pos    // where it is about; of FormConfig and FormBare it may be the zero Pos
	Text    string // may have several lines
}

// String returns the message without its tag.
func (d Diagnostic) String() string {
	switch d.Form {
	case FormParsing:
		return "config : parsing [" + d.Pos.String() + "] : " + d.Text
	case FormTight:
		return "config : parsing [" + d.Pos.String() + "]: " + d.Text
	case FormPlace:
		return "config : [" + d.Pos.String() + "] : " + d.Text
	case FormConfig:
		return "config : " + d.Text
	}
	return d.Text
}

// Diagnostics are the messages of a load in the order in which they arose. The
// zero value is ready.
type Diagnostics struct {
	List []Diagnostic
	// Aborted says that the rest was not even read: a directive left no doubt that
	// it could not be.
	Aborted  bool
	alerts   int
	warnings int
	unbuilt  int // of the alerts
}

// Failed says whether the configuration cannot be used.
func (d *Diagnostics) Failed() bool { return d.alerts > 0 }

// Verdict is the last message about a configuration that failed, "" when its
// errors are to stand for themselves.
func (d *Diagnostics) Verdict() string {
	if d.Aborted || !d.Failed() {
		return ""
	}
	return "config : Fatal errors found in configuration."
}

// Faulty says whether the text is wrong. A configuration that only needs a part
// that is not built yet is not: it can be checked further.
func (d *Diagnostics) Faulty() bool { return d.alerts > d.unbuilt }

// Alerts returns the number of alerts, those that are mild left out.
func (d *Diagnostics) Alerts() int { return d.alerts }

// Warnings returns the number of warnings.
func (d *Diagnostics) Warnings() int { return d.warnings }

// Add appends a message.
func (d *Diagnostics) Add(m Diagnostic) {
	switch {
	case m.Level == Alert && !m.Mild:
		d.alerts++
		if m.Unbuilt {
			d.unbuilt++
		}
	case m.Level == Warning:
		d.warnings++
	}
	d.List = append(d.List, m)
}

// failedIn closes the messages about a file that has errors.
func (d *Diagnostics) failedIn(file string) {
	d.List = append(d.List, Diagnostic{Level: Alert, Form: FormConfig, Mild: true,
		Text: "Error(s) found in configuration file : " + file})
}
