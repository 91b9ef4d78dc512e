using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>
/// A report with the content of the dashboard pages at one moment: the list of experiments, and each experiment with its charts and tables. Data from events is always written as text, never as markup. Results that a plan reserves for planned looks are left out, as on the pages.
/// </summary>
/// <param name="model">The experiments.</param>
public sealed class ExperimentReport(IExperimentReadModel model)
{
    private readonly IExperimentReadModel _model = model ?? throw new ArgumentNullException(nameof(model));

    /// <summary>The name of the only experiment in the report; null for all experiments. Default: null.</summary>
    public string? ExperimentName { get; init; }

    /// <summary>The name and version of the program that creates the report; null for none. Default: null.</summary>
    public string? MadeBy { get; init; }

    /// <summary>Commands that recreate the report or recompute its numbers, one per line, shown unchanged. Default: none.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Writes the report, one experiment at a time.</summary>
    /// <param name="target">The writer, which is neither flushed nor disposed.</param>
    /// <param name="format">The format.</param>
    /// <param name="cancellationToken">Cancels writing.</param>
    /// <exception cref="ArgumentNullException"><paramref name="target"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is not a defined format.</exception>
    /// <exception cref="InvalidOperationException">There is no experiment named <see cref="ExperimentName"/>.</exception>
    public async Task WriteAsync(TextWriter target, ExperimentReportFormat format, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var overview = Select(await _model.GetExperimentsAsync(cancellationToken).ConfigureAwait(false));
        IReportWriter writer = format switch
        {
            ExperimentReportFormat.Html => new ReportHtml(overview),
            ExperimentReportFormat.Markdown => new ReportMarkdown(overview),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "The format of a report must be Html or Markdown."),
        };
        await WriteAsync(writer.Begin(MadeBy, Commands)).ConfigureAwait(false);
        foreach (var (experiment, _) in ReportLinks.InOrder(overview))
        {
            if (await _model.GetExperimentAsync(experiment.Name, cancellationToken).ConfigureAwait(false) is { } detail)
            {
                await WriteAsync(writer.Write(detail)).ConfigureAwait(false);
            }
        }

        await WriteAsync(writer.End()).ConfigureAwait(false);

        Task WriteAsync(string text) => target.WriteAsync(text.AsMemory(), cancellationToken);
    }

    private ExperimentOverview Select(ExperimentOverview overview)
    {
        if (ExperimentName is not { } name)
        {
            return overview;
        }

        var only = overview.Experiments.Where(experiment => experiment.Name == name).ToList();
        return only.Count > 0
            ? overview with { Experiments = only }
            : throw new InvalidOperationException($"There is no experiment '{name}' to report, because no event of it was seen. Check the name, which is case-sensitive.");
    }
}
