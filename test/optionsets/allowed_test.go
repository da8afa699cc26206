package optionsets

// allowed are the seeds, of those that are tried unless told otherwise, whose sites
// HAProxy 2.6 and Sluice treat differently, with the reason.
var allowed = map[uint64]string{
	53:  "behind its own answer to an upgrade HAProxy 2.6 reads no other request",
	68:  "to a request without a version HAProxy 2.6 has a page of its own, 3.5 that of the configuration",
	77:  "with accept-invalid-http-request HAProxy takes the port off the host of CONNECT",
	113: "HAProxy repeats a request after a status on the same connection, Sluice on another one",
	118: "to a target that is no text HAProxy 2.6 has a page of its own, 3.5 that of the configuration",
	122: "of two kept connections HAProxy takes the other one",
	131: "a client that leaves while wait-for-body holds the answer back: HAProxy logs the answer's status",
	145: "HAProxy 2.6 does not count the 101 of a connection that is not kept",
}
