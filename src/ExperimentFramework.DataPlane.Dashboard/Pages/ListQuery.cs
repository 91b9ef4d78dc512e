using System.Globalization;
using ExperimentFramework.DataPlane.Science;
using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Which experiments a list shows.</summary>
/// <param name="Search">A part of the name; null for all.</param>
/// <param name="State">The name of the state; null for all.</param>
/// <param name="Page">The page, from 1.</param>
internal sealed record ListQuery(string? Search, string? State, int Page)
{
    public const int PageSize = 100;

    public static ListQuery Of(IQueryCollection query) => new(
        query["q"].ToString() is { Length: > 0 } search ? search : null,
        StateText.All.Any(state => state.Name == query["state"]) ? query["state"].ToString() : null,
        int.TryParse(query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 0 ? page : 1);

    /// <summary>Returns the experiments of all pages, starting with those that need attention.</summary>
    public IReadOnlyList<(ExperimentListItem Experiment, StateText State)> Select(ExperimentOverview overview) =>
    [
        .. overview.Experiments
            .Select(experiment => (Experiment: experiment, State: StateText.Of(experiment.State, experiment.EndsAt, overview.Time)))
            .Where(row => (State is null || row.State.Name == State) && (Search is null || row.Experiment.Name.Contains(Search, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(static row => row.State.Attention),
    ];

    /// <summary>Returns the query part of an address.</summary>
    public string ToUrl(int page)
    {
        List<string> parts = [];
        if (Search is not null)
        {
            parts.Add("q=" + Uri.EscapeDataString(Search));
        }

        if (State is not null)
        {
            parts.Add("state=" + State);
        }

        if (page > 1)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"page={page}"));
        }

        return parts.Count == 0 ? string.Empty : "?" + string.Join('&', parts);
    }
}
