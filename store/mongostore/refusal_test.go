package mongostore_test

import (
	"errors"
	"testing"

	"github.com/dewar-go/dewar/internal/realserver"
	"github.com/dewar-go/dewar/internal/verb"
	"github.com/dewar-go/dewar/store/mongostore"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
)

// What a server says instead of an outcome is an error that is none, and that
// quotes nothing: no primary, no rights, no majority.
func TestRefusals(t *testing.T) {
	server := realserver.Mongo(t, "--enable-test-commands")
	admin := raw(t, server).Database().Client().Database("admin")
	st := open(t, "mongodb://"+server.Addr+"/?serverMonitoringMode=poll&heartbeatFrequencyMS=500&serverSelectionTimeoutMS=1500", mongostore.Options{})
	all := bson.A{"find", "update", "delete", "findAndModify"}
	for _, row := range []struct {
		name string
		data bson.D
		want int32 // the code that errors.As finds; 0: none
	}{
		{"not the primary", bson.D{{Key: "failCommands", Value: all}, {Key: "errorCode", Value: int32(10107)}}, 0},
		{"shutting down", bson.D{{Key: "failCommands", Value: all}, {Key: "errorCode", Value: int32(91)}}, 0},
		{"no rights", bson.D{{Key: "failCommands", Value: all}, {Key: "errorCode", Value: int32(13)}}, 13},
		{"connections close", bson.D{{Key: "failCommands", Value: all}, {Key: "closeConnection", Value: true}}, 0},
		{"no majority", bson.D{
			{Key: "failCommands", Value: bson.A{"update", "delete"}},
			{Key: "writeConcernError", Value: bson.D{{Key: "code", Value: int32(64)}, {Key: "errmsg", Value: "waiting for replication timed out: " + key}}},
		}, 64},
	} {
		fail := bson.D{{Key: "configureFailPoint", Value: "failCommand"}, {Key: "mode", Value: "alwaysOn"}, {Key: "data", Value: row.data}}
		if err := admin.RunCommand(t.Context(), fail).Err(); err != nil {
			t.Fatal(err)
		}
		for _, v := range verbs() {
			if row.want == 64 && v.Name == "Load" || row.want == 0 && v.Name != "Update" { // the driver waits for another primary
				continue
			}
			err := v.Call(t.Context(), st)
			if verb.Answered(err) {
				t.Errorf("%s: %s: %v", row.name, v.Name, err)
			}
			quotesNothing(t, row.name, err)
			var answer mongo.ServerError
			if row.want != 0 && (!errors.As(err, &answer) || !answer.HasErrorCode(int(row.want))) {
				t.Errorf("%s: %s: %v isn't %d", row.name, v.Name, err, row.want)
			}
		}
		off := bson.D{{Key: "configureFailPoint", Value: "failCommand"}, {Key: "mode", Value: "off"}}
		if err := admin.RunCommand(t.Context(), off).Err(); err != nil {
			t.Fatal(err)
		}
		for _, v := range verbs() {
			if err := v.Call(t.Context(), st); !verb.Answered(err) {
				t.Errorf("after %s: %s: %v", row.name, v.Name, err)
			}
		}
	}
}
