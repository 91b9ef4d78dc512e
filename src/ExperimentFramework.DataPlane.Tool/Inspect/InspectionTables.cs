using Spectre.Console;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Writes an inspection for people.</summary>
internal static class InspectionTables
{
    private const int ShownProducers = 20;

    /// <summary>The width from which on all columns are shown.</summary>
    private const int WideColumns = 100;

    public static void Write(IAnsiConsole console, Inspection inspection)
    {
        var summary = inspection.Summary;
        WriteOverview(console, inspection);
        WriteCategories(console, summary);
        WriteExperiments(console, summary);
        WriteProducers(console, inspection.Producers);
        WriteDrops(console, summary.Drops);
    }

    private static void WriteOverview(IAnsiConsole console, Inspection inspection)
    {
        var summary = inspection.Summary;
        var files = inspection.Formats.OrderBy(static format => format.Key)
            .Select(static format => $"{NumberText.Of(format.Value.Files)} {SourceFormatText.Of(format.Key)}{(format.Value.Bytes > 0 ? $" ({NumberText.Bytes(format.Value.Bytes)})" : "")}");
        console.WriteText($"Files       {string.Join(", ", files)}");
        console.WriteText($"Events      {NumberText.Of(summary.Events)}{(summary.Duplicates > 0 ? $", of them {Estimate(summary.DuplicatesAreEstimated)}{NumberText.Of(summary.Duplicates)} delivered again" : "")}");
        if (inspection.Faults.Count > 0)
        {
            console.WriteText($"Unreadable  {NumberText.Of(inspection.Faults.Count)}", Tables.Bad);
        }

        if (summary.Times is { First: { } first, Last: { } last })
        {
            console.WriteText($"Time        {TimeText.Short(first)} to {TimeText.Short(last)}");
        }

        var worst = CompletenessText.Worst(inspection.Producers);
        console.WriteText($"Accounts    {Verdict(worst)}", StyleOf(worst));
    }

    private static void WriteCategories(IAnsiConsole console, StreamSummary summary)
    {
        var table = Tables.Create("Category", "Schema", "#Events");
        foreach (var schema in summary.Schemas)
        {
            table.Add(schema.Category, schema.Version, NumberText.Of(schema.Count));
        }

        console.Write(table);
    }

    private static void WriteExperiments(IAnsiConsole console, StreamSummary summary)
    {
        var isWide = console.Profile.Width >= WideColumns;
        var table = isWide
            ? Tables.Create("Experiment", "Variant", "#Subjects", "#Share", "#Exposures", "#Fallbacks", "#Outcomes", "#Failures")
            : Tables.Create("Experiment", "Variant", "#Subjects", "#Share", "#Exposures", "#Outcomes");
        foreach (var experiment in summary.Experiments)
        {
            var name = experiment.Name;
            foreach (var variant in experiment.Variants)
            {
                var subjects = Estimate(experiment.IsEstimate) + NumberText.Of(variant.Subjects);
                var share = experiment.Subjects == 0 ? "" : NumberText.Percent((double)variant.Subjects / experiment.Subjects);
                if (isWide)
                {
                    table.Add(
                        name, variant.Key, subjects, share, NumberText.Of(variant.Exposures), NumberText.Of(variant.Fallbacks), NumberText.Of(variant.Outcomes), NumberText.Of(variant.Failures));
                }
                else
                {
                    table.Add(name, variant.Key, subjects, share, NumberText.Of(variant.Exposures), NumberText.Of(variant.Outcomes));
                }

                name = "";
            }
        }

        if (table.Rows.Count == 0)
        {
            return;
        }

        console.Write(table);
        if (summary.Experiments.Where(static experiment => experiment.IsEstimate).MinBy(static experiment => experiment.SampleSize) is { } coarsest)
        {
            console.WriteText($"~ estimated from a sample of at least {NumberText.Of(coarsest.SampleSize, "subject", "subjects")} of an experiment: off by less than {NumberText.Percent(Math.Ceiling(1_000 * coarsest.RelativeError) / 1_000)} in 99 of 100 cases, and variants by more.");
        }
    }

    private static void WriteProducers(IAnsiConsole console, IReadOnlyList<ProducerCompleteness> producers)
    {
        if (producers.Count == 0)
        {
            return;
        }

        var table = Tables.Create("Producer", "Accounts", "#Expected", "#Arrived", "First event", "Last event");
        foreach (var completeness in producers.OrderByDescending(static producer => producer.State).Take(ShownProducers))
        {
            var times = completeness.Producer.Times;
            table.AddRow(
                Tables.Cell(completeness.Producer.Id),
                Tables.Cell(CompletenessText.InWords(completeness.State), StyleOf(completeness.State)),
                Tables.Cell(completeness.State == CompletenessState.NoAccount ? "" : NumberText.Of(completeness.Expected)),
                Tables.Cell(NumberText.Of(completeness.Arrived)),
                Tables.Cell(times.First is { } first ? TimeText.Short(first) : ""),
                Tables.Cell(times.Last is { } last ? TimeText.Short(last) : ""));
        }

        console.Write(table);
        if (producers.Count > ShownProducers)
        {
            console.WriteText($"{NumberText.Of(producers.Count - ShownProducers)} more producers: --json has all of them.");
        }

        if (producers.Any(static producer => producer.Producer.IsOthers))
        {
            console.WriteText(CompletenessText.OfOthers, Tables.Doubtful);
        }
    }

    private static void WriteDrops(IAnsiConsole console, IReadOnlyList<DropSummary> drops)
    {
        if (drops.Count == 0)
        {
            return;
        }

        var table = Tables.Create("Dropped", "Category", "Reason", "#Events");
        foreach (var drop in drops)
        {
            table.Add(drop.Experiment, drop.Category, drop.Reason, NumberText.Of(drop.Count));
        }

        console.Write(table);
    }

    private static string Estimate(bool isEstimate) => isEstimate ? "~" : "";

    private static string Verdict(CompletenessState state) => state switch
    {
        CompletenessState.Complete => "complete: all events arrived that were published and not dropped",
        CompletenessState.NotEnded => "nothing is missing, but not every producer has ended: it is running, or was killed",
        CompletenessState.NoAccount => "not every producer has an account, so nothing can be said about its missing events",
        _ => "incomplete: events are missing",
    };

    private static Style StyleOf(CompletenessState state) => state switch
    {
        CompletenessState.Complete => Tables.Good,
        CompletenessState.Incomplete => Tables.Bad,
        _ => Tables.Doubtful,
    };
}
