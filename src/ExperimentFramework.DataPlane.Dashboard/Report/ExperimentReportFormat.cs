namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The format of a report.</summary>
public enum ExperimentReportFormat
{
    /// <summary>A self-contained HTML page: styles and charts are embedded, it has no scripts, and its content security policy forbids all requests.</summary>
    Html = 0,

    /// <summary>Markdown with tables, as supported by GitHub and GitLab. Charts are described in words.</summary>
    Markdown = 1,
}
