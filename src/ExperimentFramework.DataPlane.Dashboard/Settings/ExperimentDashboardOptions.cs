namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Who may see the dashboard, and how often open pages are updated. Validated when the dashboard is mapped.</summary>
public sealed class ExperimentDashboardOptions
{
    /// <summary>
    /// The name of the authorization policy that a request must satisfy; null for the application's default policy, which asks for a signed-in user. In development a dashboard without a named policy is open. Default: null.
    /// </summary>
    public string? AuthorizationPolicy { get; set; }

    /// <summary>Whether anyone who reaches the application may see the dashboard, in production too. Set it only if something in front of the application protects it. Default: false.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>The time between two updates of an open page, from 1 second to 1 minute. Default: 1 second.</summary>
    public TimeSpan UpdateInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many open pages are updated at the same time, from 0 to 10,000. Further pages try again. Default: 1,000.</summary>
    public int MaxClients { get; set; } = 1_000;
}
