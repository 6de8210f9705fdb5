//go:build race

package simtest

// racing says that the scheduler is shuffled on purpose.
const racing = true
