using Spectre.Console;
using Spectre.Console.Rendering;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes events as lines, one each: cut at the width of a terminal, and whole into files and pipes.</summary>
/// <param name="console">Where to.</param>
/// <param name="showsSubjects">Whether ids of subjects and what identifies them are written as they are.</param>
internal sealed class EventWriter(ToolConsole console, bool showsSubjects)
{
    private static readonly Style Quiet = new(Color.Grey);

    public void Write(DataPlaneEnvelope envelope)
    {
        var payload = envelope.Payload;
        List<Segment> line =
        [
            Part(TimeText.Exact(envelope.Timestamp)[..23], Quiet),
            Part($" {EventLine.TypeOf(envelope),-14} ", StyleOf(payload)),
            Part(payload.ExperimentName, Style.Plain),
        ];
        if (EventLine.VariantOf(payload) is { } variant)
        {
            line.Add(Part("/" + variant, Tables.Good));
        }

        if (EventLine.SubjectOf(payload) is { } subject)
        {
            line.Add(Part(" " + (showsSubjects ? subject : RedactedEvent.Hidden), Quiet));
        }

        line.Add(Part(" " + EventLine.DetailOf(payload), Style.Plain));
        if (console.IsOutputRedirected)
        {
            console.Output.WriteUnwrapped(string.Concat(line.Select(static part => part.Text)));
        }
        else
        {
            console.Output.Write(new CroppedLine(line));
        }
    }

    private static Segment Part(string text, Style style) => new(SafeText.Of(text), style);

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
