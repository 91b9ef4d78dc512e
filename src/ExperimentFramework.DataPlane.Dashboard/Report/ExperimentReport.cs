using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>
/// What the pages show, frozen: the list of experiments, and each experiment with its charts and tables. Whatever comes from events is text, never markup. Results that a plan keeps for its own times of looking are left out, as on the pages.
/// </summary>
/// <param name="model">The experiments.</param>
public sealed class ExperimentReport(IExperimentReadModel model)
{
    private readonly IExperimentReadModel _model = model ?? throw new ArgumentNullException(nameof(model));

    /// <summary>The only experiment in the report; null for all. Default: null.</summary>
    public string? ExperimentName { get; init; }

    /// <summary>The name and version of the program that makes the report; null to name none. Default: null.</summary>
    public string? MadeBy { get; init; }

    /// <summary>Commands that make the report or compute its numbers again, one a line; shown as they are. Default: none.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Writes the report, one experiment after the other.</summary>
    /// <param name="target">Where to. It is neither flushed nor disposed.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="cancellationToken">Cancels writing.</param>
    /// <exception cref="ArgumentNullException"><paramref name="target"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is not one of the formats.</exception>
    /// <exception cref="InvalidOperationException">There is no experiment of this <see cref="ExperimentName"/>.</exception>
    public async Task WriteAsync(TextWriter target, ExperimentReportFormat format, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var overview = Select(await _model.GetExperimentsAsync(cancellationToken).ConfigureAwait(false));
        IReportWriter writer = format switch
        {
            ExperimentReportFormat.Html => new ReportHtml(overview),
            ExperimentReportFormat.Markdown => new ReportMarkdown(overview),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "A report is written as HTML or as Markdown."),
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
            : throw new InvalidOperationException($"There is no experiment '{name}' to report: no event of it was seen.");
    }
}
