using System.Globalization;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The addresses of the dashboard. Names are passed in queries, because names such as ".." in a path would lead elsewhere.</summary>
/// <param name="BasePath">The path to which the dashboard is mapped, without a trailing slash.</param>
internal sealed record Site(string BasePath) : IExperimentLinks
{
    /// <summary>The id of the table of experiments.</summary>
    public const string ListTableId = "experiments";

    /// <summary>The settings of all pages.</summary>
    public SiteSettings Settings { get; init; } = SiteSettings.None;

    public bool KeepsLooks => Settings.KeepsLooks;

    public string IdPrefix => string.Empty;

    public string List => BasePath.Length == 0 ? "/" : BasePath;

    public string Asset(string name) => $"{BasePath}/assets/{name}?v={Assets.Version}";

    public string Detail(string experiment, string? range = null) => $"{BasePath}/detail?name={Escape(experiment)}{(range is null ? string.Empty : "&range=" + range)}";

    string IExperimentLinks.Detail(string experiment) => Detail(experiment);

    public string Series(string experiment, string range) => $"{BasePath}/series?name={Escape(experiment)}&range={range}";

    public string Results(string experiment) => $"{BasePath}/results?name={Escape(experiment)}";

    public string Event(string experiment, Guid id) => string.Create(CultureInfo.InvariantCulture, $"{BasePath}/event?name={Escape(experiment)}&id={id:D}");

    public string Export(string experiment, string table) => $"{BasePath}/export?name={Escape(experiment)}&table={table}";

    public string ExportAll(string table) => $"{BasePath}/export?table={table}";

    public string ExportList(ListQuery query) => query.ToUrl(1) is { Length: > 0 } filter ? $"{BasePath}/export{filter}&table={ListTableId}" : ExportAll(ListTableId);

    public string ListUpdates(ListQuery query) => $"{BasePath}/updates{query.ToUrl(query.Page)}";

    public string DetailUpdates(string experiment, string range) => $"{BasePath}/updates?name={Escape(experiment)}&range={range}";

    public string Api => $"{BasePath}/api/experiments";

    public string ApiDetail(string experiment, bool withResults = false) => $"{BasePath}/api/experiment?name={Escape(experiment)}{(withResults ? "&results=true" : string.Empty)}";

    /// <summary>Escapes text for a query. An unpaired surrogate cannot be encoded in an address.</summary>
    private static string Escape(string text) => Uri.EscapeDataString(string.Concat(text.EnumerateRunes()));
}
