namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>Where the page of a diagnostic is.</summary>
internal static class HelpLink
{
    public static string To(string id) => $"https://github.com/experimentframework/dataplane/blob/main/docs/diagnostics/{id}.md";
}
