package config

// Level is the severity of a diagnostic.
type Level uint8

const (
	Alert   Level = iota // the configuration cannot be used
	Warning              //
	Notice               //
	Diag                 // shown with -dD only
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
	FormConfig              // "config : text"
	FormBare                // "text"
)

// Diagnostic is one message about a configuration.
type Diagnostic struct {
	Level Level
	Form  Form
	Pos   Pos
	Text  string
}

// String returns the message without its tag.
func (d Diagnostic) String() string {
	switch d.Form {
	case FormParsing:
		return "config : parsing [" + d.Pos.String() + "] : " + d.Text
	case FormTight:
		return "config : parsing [" + d.Pos.String() + "]: " + d.Text
	case FormConfig:
		return "config : " + d.Text
	}
	return d.Text
}

// Diagnostics are the messages of a load in the order in which they arose. The
// zero value is ready.
type Diagnostics struct {
	List   []Diagnostic
	alerts int
}

// Failed says whether there is an alert.
func (d *Diagnostics) Failed() bool { return d.alerts > 0 }

// Alerts returns the number of alerts.
func (d *Diagnostics) Alerts() int { return d.alerts }

// Warnings returns the number of warnings.
func (d *Diagnostics) Warnings() int {
	n := 0
	for i := range d.List {
		if d.List[i].Level == Warning {
			n++
		}
	}
	return n
}

// Add appends a message.
func (d *Diagnostics) Add(m Diagnostic) {
	if m.Level == Alert {
		d.alerts++
	}
	d.List = append(d.List, m)
}
