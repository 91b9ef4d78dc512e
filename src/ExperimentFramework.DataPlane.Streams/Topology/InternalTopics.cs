namespace ExperimentFramework.DataPlane.Streams;

/// <summary>The names of the topics that the engine creates, and of the parts of the topology that they follow from.</summary>
internal static class InternalTopics
{
    /// <summary>The store of the subjects of a partition.</summary>
    public const string SubjectsStore = "subjects";

    /// <summary>The store of the experiments.</summary>
    public const string ExperimentsStore = "experiments";

    /// <summary>The step that sends reports to the coordinators.</summary>
    public const string ReportsStep = "reports";

    /// <summary>The topics of an application.</summary>
    public static IEnumerable<string> Of(string applicationId) => [Subjects(applicationId), Experiments(applicationId), Reports(applicationId)];

    /// <summary>The changelog of the subjects.</summary>
    public static string Subjects(string applicationId) => $"{applicationId}-{SubjectsStore}-changelog";

    /// <summary>The changelog of the experiments.</summary>
    public static string Experiments(string applicationId) => $"{applicationId}-{ExperimentsStore}-changelog";

    /// <summary>The topic of what is sent to the coordinators.</summary>
    public static string Reports(string applicationId) => $"{applicationId}-{ReportsStep}-repartition";
}
