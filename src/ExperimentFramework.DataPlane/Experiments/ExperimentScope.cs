using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// An experiment as one dependency injection scope sees it, or the whole process if nothing about it needs a scope. Shared by the proxy, the exposure
/// logger and <see cref="IExperiments"/>, so that a decision does not depend on which of them makes it.
/// </summary>
[DebuggerStepThrough]
internal sealed class ExperimentScope
{
    private readonly ScopedAssignments? _scoped;
    private readonly Assigner _assigner;
    private readonly AssignmentRecorder _assignments;

    /// <summary>Creates a scope.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="identity">Identifies the subjects of calls.</param>
    /// <param name="keepsAssignments">Whether assignments are kept for the scope; otherwise there is no scope to keep them for.</param>
    public ExperimentScope(Experiment experiment, SubjectIdentity identity, bool keepsAssignments)
    {
        Experiment = experiment;
        Identity = identity;
        _assigner = experiment.Assigner;
        _assignments = experiment.Assignments;
        _scoped = keepsAssignments ? new ScopedAssignments(_assigner, experiment.Policy, identity, _assignments) : null;
        OnlySelector = _scoped is null ? _assigner.OnlySelector : null;
    }

    public Experiment Experiment { get; }

    public SubjectIdentity Identity { get; }

    /// <summary>The exposures that the application may log explicitly.</summary>
    public ServedExposureHistory Served { get; } = new();

    /// <summary>The selector, if it alone decides; null otherwise.</summary>
    public SelectorInvoker? OnlySelector { get; }

    /// <summary>Whether decisions must be compared one by one.</summary>
    public bool ComparesDecisions => _assignments.ComparesDecisions;

    /// <summary>Decides which variant a subject gets, and compares the decision with the subject's last one if nothing else does.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="subjectId">The id that the caller passed; null or empty if the subject comes from the identity provider.</param>
    public Decision Decide(in Subject subject, string? subjectId)
    {
        var decision = OnlySelector is { } selector ? selector.Decide(subject) : Assign(subject, subjectId);
        if (ComparesDecisions)
        {
            Compare(subject, decision);
        }

        return decision;
    }

    // These rare paths take the subject by value: by reference, every call would have to write its subject to memory.

    /// <summary>Assigns a variant if the selector alone does not decide.</summary>
    public Decision Assign(Subject subject, string? subjectId) =>
        _scoped is null ? _assigner.Assign(subject) : _scoped.Assign(subject, isCurrent: string.IsNullOrEmpty(subjectId));

    /// <summary>Compares a decision with the subject's last one.</summary>
    public void Compare(Subject subject, Decision decision) => _assignments.Decided(subject, decision);
}
