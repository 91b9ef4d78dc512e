using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes events as lines, one each.</summary>
/// <param name="console">Where to.</param>
/// <param name="showsSubjects">Whether ids of subjects and what identifies them are written as they are.</param>
internal sealed class EventWriter(ToolConsole console, bool showsSubjects)
{
    private static readonly Style Quiet = new(Color.Grey);

    public void Write(DataPlaneEnvelope envelope)
    {
        var payload = envelope.Payload;
        try
        {
            var line = new Paragraph();
            Append(line, TimeText.Exact(envelope.Timestamp)[11..23], Quiet);
            Append(line, $" {EventLine.TypeOf(envelope),-14} ", StyleOf(payload));
            Append(line, payload.ExperimentName, Style.Plain);
            if (EventLine.VariantOf(payload) is { } variant)
            {
                Append(line, "/" + variant, Tables.Good);
            }

            if (EventLine.SubjectOf(payload) is { } subject)
            {
                Append(line, " " + (showsSubjects ? subject : RedactedEvent.Hidden), Quiet);
            }

            Append(line, " " + EventLine.DetailOf(payload), Style.Plain);
            console.Output.Write(line);
            console.Output.WriteLine();
        }
        catch (IOException exception)
        {
            throw new OutputClosedException(exception);
        }
    }

    private static void Append(Paragraph line, string text, Style style) => line.Append(SafeText.Of(text), style);

    private static Style StyleOf(DataPlaneEvent payload) => payload switch
    {
        ErrorEvent => Tables.Bad,
        OutcomeEvent { Result: OutcomeResult.Failure } => Tables.Bad,
        AnalysisSignalEvent { Severity: SignalSeverity.Error or SignalSeverity.Critical } => Tables.Bad,
        AnalysisSignalEvent { Severity: SignalSeverity.Warning } => Tables.Doubtful,
        AccountingEvent => Quiet,
        _ => new Style(Color.Blue),
    };
}
