namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Options for who may see the dashboard and how often open pages are updated. Validated when the dashboard is mapped.</summary>
public sealed class ExperimentDashboardOptions
{
    /// <summary>
    /// The name of the authorization policy that a request must satisfy; null for the application's default policy, which requires a signed-in user. In development, a dashboard without a named policy is open. Default: null.
    /// </summary>
    public string? AuthorizationPolicy { get; set; }

    /// <summary>Whether anyone who can reach the application may see the dashboard, including in production. Set this only if something in front of the application protects it. Default: false.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>The time between two updates of an open page, from 1 second to 1 minute. Default: 1 second.</summary>
    public TimeSpan UpdateInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum number of open pages that are updated at the same time, from 0 to 10,000. Further pages retry. Default: 1,000.</summary>
    public int MaxClients { get; set; } = 1_000;
}
