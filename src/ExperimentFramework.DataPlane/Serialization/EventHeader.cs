namespace ExperimentFramework.DataPlane;

/// <summary>Reads the fields that every event has.</summary>
internal struct EventHeader
{
    private string? _schemaVersion;
    private string? _experimentName;
    private DateTimeOffset? _timestamp;

    /// <summary>Reads the value of a field, if the field is one of these.</summary>
    /// <returns>False if the value has not been read.</returns>
    public bool TryRead(ref JsonCursor json, string name)
    {
        switch (name)
        {
            case "schemaVersion":
                _schemaVersion = EventJson.ReadVersion(ref json);
                return true;
            case "experimentName":
                _experimentName = json.Text();
                return true;
            case "timestamp":
                _timestamp = json.Time();
                return true;
            default:
                return false;
        }
    }

    public readonly string SchemaVersion(in JsonCursor json) => _schemaVersion ?? throw json.Missing("schemaVersion");

    public readonly string ExperimentName(in JsonCursor json) => _experimentName ?? throw json.Missing("experimentName");

    public readonly DateTimeOffset Timestamp(in JsonCursor json) => _timestamp ?? throw json.Missing("timestamp");
}
