namespace ExperimentFramework.DataPlane.Science;

/// <summary>Extension methods of <see cref="AnalysisLooks"/> for pages that display a read model.</summary>
public static class AnalysisLooksExtensions
{
    /// <summary>Determines whether looks at an experiment of a read model can be judged: an event of it was seen, and the read model does not belong to another monitor, whose counts would differ.</summary>
    /// <param name="looks">The service that judges the looks.</param>
    /// <param name="model">The read model that is displayed.</param>
    /// <param name="experimentName">The experiment.</param>
    /// <returns>True if <see cref="AnalysisLooks.LookAsync"/> can be called.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static bool Covers(this AnalysisLooks looks, IExperimentReadModel model, string experimentName)
    {
        ArgumentNullException.ThrowIfNull(looks);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(experimentName);
        return model switch
        {
            MonitorReadModel { Monitor: var shown } => looks.IsOf(shown),
            ProcessReadModel { Looks: var shown } => ReferenceEquals(shown, looks),
            _ => true,
        } && looks.IsMonitored(experimentName);
    }
}
