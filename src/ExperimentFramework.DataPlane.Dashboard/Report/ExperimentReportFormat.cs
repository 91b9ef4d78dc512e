namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>How a report is written.</summary>
public enum ExperimentReportFormat
{
    /// <summary>One HTML page that needs nothing else: styles and charts are in it, it has no script, and its content security policy forbids every request.</summary>
    Html = 0,

    /// <summary>Markdown with tables, as GitHub and GitLab show them; what charts show is said in words.</summary>
    Markdown = 1,
}
