namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes events as JSON lines.</summary>
/// <param name="console">Where to.</param>
/// <param name="showsSubjects">Whether events are written as they are.</param>
internal sealed class JsonLines(ToolConsole console, bool showsSubjects) : IDisposable
{
    private readonly DataPlaneJsonWriter _json = new();

    public void Write(DataPlaneEnvelope envelope)
    {
        console.RawOutput.Write(_json.Write(showsSubjects ? envelope : RedactedEvent.Of(envelope)).Span);
        console.RawOutput.Write("\n"u8);
        console.RawOutput.Flush();
    }

    public void Dispose() => _json.Dispose();
}
