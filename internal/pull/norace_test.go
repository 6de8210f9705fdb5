//go:build !race

package pull_test

const racing = false
