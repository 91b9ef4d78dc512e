using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The addresses within a report. Experiments are sections of the same page; content of the dashboard's other pages is not included.</summary>
internal sealed class ReportLinks : IExperimentLinks
{
    private readonly Dictionary<string, string> _ids;

    /// <summary>Initializes the ids of the experiments, in the order of the list.</summary>
    public ReportLinks(ExperimentOverview overview)
        : this(new Dictionary<string, string>(StringComparer.Ordinal))
    {
        foreach (var (experiment, _) in InOrder(overview))
        {
            _ids.Add(experiment.Name, string.Create(CultureInfo.InvariantCulture, $"experiment-{_ids.Count + 1}"));
        }
    }

    private ReportLinks(Dictionary<string, string> ids) => _ids = ids;

    /// <inheritdoc/>
    public string IdPrefix { get; private init; } = string.Empty;

    /// <summary>The experiments in the order of the list.</summary>
    public static IReadOnlyList<(ExperimentListItem Experiment, StateText State)> InOrder(ExperimentOverview overview) => new ListQuery(null, null, 1).Select(overview);

    /// <summary>Returns the id of an experiment's section.</summary>
    public string Id(string experiment) => _ids[experiment];

    /// <summary>Returns the links of one experiment.</summary>
    public ReportLinks Within(string experiment) => new(_ids) { IdPrefix = Id(experiment) + "-" };

    /// <inheritdoc/>
    public string Detail(string experiment) => "#" + Id(experiment);

    /// <inheritdoc/>
    public string? Series(string experiment, string range) => null;

    /// <inheritdoc/>
    public string? Results(string experiment) => null;

    /// <inheritdoc/>
    public bool KeepsLooks => false;

    /// <inheritdoc/>
    public string? Event(string experiment, Guid id) => null;

    /// <inheritdoc/>
    public string? Export(string experiment, string table) => null;
}
