package workspace

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satchel/internal/crm"
)

func TestWho_IsAPersonOrNobody(t *testing.T) {
	q := Queued{People: map[string]string{"7": "Marit Aasen"}}
	for want, d := range map[string]crm.Dispute{
		"Marit Aasen": {Who: "userId:7", Source: "CRM_UI"},
		"9":           {Who: "userId:9", Source: "CRM_UI"},
		"":            {Who: "18442495", Source: "INTEGRATION"},
	} {
		require.Equal(t, want, q.Who(d))
	}
	require.Equal(t, "Marit Aasen", q.Who(crm.Dispute{Who: "7", Source: "CRM_UI"}))
}
