using System.Globalization;
using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes a verification for people.</summary>
internal static class VerificationText
{
    public static void Write(IAnsiConsole console, Verification verification)
    {
        WriteFaults(console, verification.Faults);
        WriteProducers(console, verification);
        WriteNotes(console, verification);
        console.WriteText(Verdict(verification), verification.State switch
        {
            VerificationState.Whole => Tables.Good,
            VerificationState.Incomplete => Tables.Doubtful,
            _ => Tables.Bad,
        });
    }

    private static void WriteFaults(IAnsiConsole console, FaultLog faults)
    {
        foreach (var fault in faults.First)
        {
            console.Write(Tables.Cell(fault.Field is null ? "invalid: " : $"invalid {fault.Field}: ", Tables.Bad));
            console.WriteUnwrapped(fault.Message);
        }

        if (faults.Count > faults.First.Count)
        {
            console.WriteText($"{NumberText.Of(faults.Count - faults.First.Count, "more fault", "more faults")}: --faults lists more.");
        }
    }

    private static void WriteProducers(IAnsiConsole console, Verification verification)
    {
        var table = Tables.Create("Producer", "Accounts", "Category", "#Expected", "#Arrived", "#Missing");
        foreach (var producer in verification.Producers.Where(static producer => producer.State != CompletenessState.Complete))
        {
            var id = producer.Producer.Id;
            var state = CompletenessText.InWords(producer.State);
            var hasAccount = producer.State != CompletenessState.NoAccount;
            foreach (var category in producer.Categories.Where(category => category.Missing > 0 || producer.State != CompletenessState.Incomplete))
            {
                table.Add(id, state, category.Category, hasAccount ? NumberText.Of(category.Expected) : "", NumberText.Of(category.Arrived), hasAccount ? NumberText.Of(category.Missing) : "");
                (id, state) = ("", "");
            }
        }

        if (table.Rows.Count > 0)
        {
            console.Write(table);
        }
    }

    private static void WriteNotes(IAnsiConsole console, Verification verification)
    {
        var summary = verification.Summary;
        if (summary.Duplicates > 0)
        {
            console.WriteUnwrapped($"note: {(summary.DuplicatesAreEstimated ? "about " : "")}{NumberText.Of(summary.Duplicates)} events arrived more than once. Delivery is at least once: count each event id once.");
        }

        foreach (var field in verification.UnknownFields.All)
        {
            console.WriteUnwrapped($"note: {NumberText.Of(field.Count)} events of {field.Category} have the field {field.Path}, which this version does not know{At(field.First)}.");
        }

        if (verification.Producers.Any(static producer => producer.Producer.IsOthers))
        {
            console.WriteUnwrapped($"note: {CompletenessText.OfOthers}");
        }

        WriteClock(console, verification.Clocks.Future, "happened later than now, by up to");
        WriteClock(console, verification.Clocks.AfterId, "happened later than their id was made, by up to");
        foreach (var (producer, setBack) in verification.ClocksSetBack)
        {
            console.WriteUnwrapped($"note: the clock of producer {producer} was set back by {Seconds(setBack)}.");
        }

        foreach (var drop in summary.Drops)
        {
            console.WriteUnwrapped($"note: {NumberText.Of(drop.Count)} events of {drop.Category} ({drop.Experiment}) were dropped: {drop.Reason}.");
        }
    }

    private static void WriteClock(IAnsiConsole console, ClockFinding finding, string what)
    {
        if (finding.Count > 0)
        {
            console.WriteUnwrapped($"note: {NumberText.Of(finding.Count)} events {what} {Seconds(finding.Largest)}{At(finding.First)}. A clock was wrong.");
        }
    }

    private static string Verdict(Verification verification) => verification.State switch
    {
        VerificationState.Whole when verification.Summary.DuplicatesAreEstimated =>
            $"whole: {NumberText.Of(verification.Summary.Events)} events are valid, and by their number none is missing. There are too many to compare every id; no event of the sample arrived twice.",
        VerificationState.Whole => $"whole: {NumberText.Of(verification.Summary.Events)} events are valid, and none is missing.",
        VerificationState.Incomplete when verification.Producers.Count == 0 => "incomplete: there are no events.",
        VerificationState.Incomplete when Saturating.Sum(verification.Producers.Select(static producer => producer.Missing)) is > 0 and var missing =>
            $"incomplete: {NumberText.Of(missing)} events are missing. The {NumberText.Of(verification.Summary.Events)} that arrived are valid.",
        VerificationState.Incomplete when verification.HasUnknownRepeats =>
            $"incomplete: whether events are missing cannot be known, because some arrived more than once and there are too many to compare every id. Verify smaller parts, such as one host at a time. The {NumberText.Of(verification.Summary.Events)} events are valid.",
        VerificationState.Incomplete => $"incomplete: nothing is known to be missing, but not every producer has a last account. The {NumberText.Of(verification.Summary.Events)} events are valid.",
        _ => $"invalid: {NumberText.Of(verification.Faults.Count, "fault", "faults")}, {NumberText.Of(verification.Summary.Events, "valid event", "valid events")}.",
    };

    private static string At(EventPlace? place) => place is null ? "" : $"; the first one is {place.InWords()}";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}
