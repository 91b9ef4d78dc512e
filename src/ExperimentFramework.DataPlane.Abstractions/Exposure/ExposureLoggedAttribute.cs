namespace ExperimentFramework.DataPlane;

/// <summary>
/// Tags a service interface as an experiment: the generator writes a proxy for it that picks the variant,
/// serves it and records the exposure.
/// </summary>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class ExposureLoggedAttribute : Attribute
{
    /// <summary>Names the experiment after the interface.</summary>
    public ExposureLoggedAttribute()
    {
    }

    /// <summary>Names the experiment.</summary>
    /// <param name="experimentName">The experiment's name as it appears in every event.</param>
    public ExposureLoggedAttribute(string experimentName) => ExperimentName = experimentName;

    /// <summary>The experiment's name; null for the interface's name.</summary>
    public string? ExperimentName { get; }

    /// <summary>
    /// When an exposure is recorded. Left out, the trial's setting or <see cref="DataPlaneOptions.ExposureSemantics"/> decides.
    /// </summary>
    public ExposureSemantics Semantics { get; set; }

    /// <summary>
    /// The share of subjects whose exposures are recorded, from 0 to 1. Left out, the trial's setting or
    /// <see cref="DataPlaneOptions.SamplingRate"/> decides.
    /// </summary>
    public double SamplingRate { get; set; } = 1;

    /// <summary>
    /// Emits the code that <c>OnErrorFallbackToControl()</c> of a trial needs: control answers where the assigned
    /// variant throws. Off by default, because code that runs after a call costs compile time for every member.
    /// </summary>
    public bool FallbackToControl { get; set; }

    /// <summary>
    /// Emits the code that records an <see cref="OutcomeEvent"/> after each exposing call: how long it took, and whether it
    /// returned or threw. Off by default, because code that runs after a call costs compile time for every member.
    /// </summary>
    public bool RecordOutcomes { get; set; }

    /// <summary>
    /// Emits the code that lets asynchronous members await an assignment store, where the trial's policy has one and this process does
    /// not know the subject yet, instead of blocking a thread for it. Off by default, because code before a call costs compile
    /// time for every member.
    /// </summary>
    public bool AwaitAssignment { get; set; }

    /// <summary>Makes every property and indexer exposing, as if it were tagged with <see cref="ExposedAttribute"/>.</summary>
    public bool ExposeProperties { get; set; }
}
