using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The most important facts about an experiment.</summary>
internal static class SummaryTable
{
    public static Table Of(ExperimentDetail detail)
    {
        var facts = Facts(detail).ToList();
        return new Table("summary", "Summary", [new("fact", "Fact"), new("value", "Value", "N0")], [.. facts.Select(static fact => new[] { fact.Term, fact.Value })])
        {
            Decorate = (row, column) => column == 1 ? facts[row].Html : null,
        };
    }

    private static IEnumerable<(string Term, object? Value, HtmlText? Html)> Facts(ExperimentDetail detail)
    {
        var status = detail.Status;
        var state = StateText.Of(status.State, status.Plan?.EndsAt, detail.Time);
        yield return ("State", $"{state.Symbol} {state.Text}. {state.Meaning}", HtmlText.Of($"{state.Write()} {state.Meaning}"));
        if (Cautions.Failure(detail) is { } failure)
        {
            yield return ("Incomplete", failure, HtmlText.Of($"<span class=\"state warning\"><span aria-hidden=\"true\">!</span> {failure}</span>"));
        }

        yield return ("Subjects", status.Subjects, null);
        yield return ("Exposures", status.Exposures, null);
        yield return ("p-value, at any time", TableText.Value(new TableColumn("p", "p", "G2"), PValue(status.LogPValue)), null);
        yield return status.RunStartedAt is { } started
            ? ("Run", string.Create(CultureInfo.InvariantCulture, $"{status.Run:N0}, since {TableText.Time(started)}"), HtmlText.Of($"{status.Run:N0}, since {TableHtml.Time(started)}"))
            : ("Run", "not started", null);
        yield return ("Last exposure", status.LastExposure is { } last ? last : "none", null);
        if (status.NotTestableReason is { } reason)
        {
            yield return ("Not testable because of", reason, null);
        }

        if (status.DeviatesSince is { } deviation)
        {
            yield return (
                "Strongest deviation since",
                $"{TableText.Time(deviation.Time)}, when {Began(deviation.Reason)}",
                HtmlText.Of($"{TableHtml.Time(deviation.Time)}, when {Began(deviation.Reason)}"));
        }

        if (status.HasCrossovers)
        {
            const string Crossovers = "More subjects than expected change variants without an explanation";
            yield return ("Crossovers", Crossovers, HtmlText.Of($"<span class=\"state warning\"><span aria-hidden=\"true\">!</span> {Crossovers}</span>"));
        }

        if (status.UndeclaredVersions.Count > 0)
        {
            yield return ("Undeclared weights", string.Join(", ", status.UndeclaredVersions), null);
        }
    }

    /// <summary>Returns the p-value for its logarithm; as text if it is too small for a number.</summary>
    public static object PValue(double logPValue) =>
        logPValue < -690 ? string.Create(CultureInfo.InvariantCulture, $"e^{logPValue:0}") : Math.Exp(logPValue);

    private static string Began(string reason) => reason switch
    {
        "build" => "a new build of a variant was first seen",
        "allocation" => "new weights were first seen",
        _ => "a day began",
    };
}
