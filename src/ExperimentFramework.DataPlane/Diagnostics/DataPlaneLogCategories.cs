namespace ExperimentFramework.DataPlane;

/// <summary>
/// The categories of all log messages of the data plane. Filter by them in the configuration section <c>Logging:LogLevel</c>: they do not
/// change when classes are renamed. docs/reference/log-messages.md lists the messages.
/// </summary>
public static class DataPlaneLogCategories
{
    /// <summary>Publishing, queues, destinations, outboxes and dropped events.</summary>
    public const string Delivery = "ExperimentFramework.DataPlane.Delivery";

    /// <summary>Subjects, selectors, overrides and assignment stores.</summary>
    public const string Assignment = "ExperimentFramework.DataPlane.Assignment";

    /// <summary>Exposures and the variants that serve calls.</summary>
    public const string Exposure = "ExperimentFramework.DataPlane.Exposure";

    /// <summary>Redaction and pseudonym keys.</summary>
    public const string Privacy = "ExperimentFramework.DataPlane.Privacy";

    /// <summary>Registrations and options: what the host found when it started, reloads of the configuration, and the shutdown.</summary>
    public const string Startup = "ExperimentFramework.DataPlane.Startup";

    /// <summary>Findings about experiments, such as a split that differs from its plan.</summary>
    public const string Monitoring = "ExperimentFramework.DataPlane.Monitoring";
}
