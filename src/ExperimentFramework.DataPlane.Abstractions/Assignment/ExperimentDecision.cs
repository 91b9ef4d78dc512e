using System.Collections.ObjectModel;

namespace ExperimentFramework.DataPlane;

/// <summary>The variant of an experiment that a subject gets, and why.</summary>
public readonly record struct ExperimentDecision
{
    /// <summary>Gets the experiment's name.</summary>
    public required string ExperimentName { get; init; }

    /// <summary>Gets the key of the variant.</summary>
    public required string VariantKey { get; init; }

    /// <summary>Gets why the variant was selected: one of <see cref="SelectionReasons"/> or a reason defined by the selector.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets the location of the rule that matched, for example <c>configuration:PaymentProvider</c>; null if no rule did.</summary>
    public string? RulePath { get; init; }

    /// <summary>Gets the version of the weights that were used; null if there are none.</summary>
    public string? AllocationVersion { get; init; }

    /// <summary>Gets how long the subject keeps its variant.</summary>
    public AssignmentPolicy AssignmentPolicy { get; init; }

    /// <summary>
    /// Gets the variant's values by name, each of the type it was declared with; empty if the experiment declares none. Names are compared
    /// case-insensitively.
    /// </summary>
    public IReadOnlyDictionary<string, object> Values
    {
        get => field ?? ReadOnlyDictionary<string, object>.Empty;
        init;
    }

    /// <summary>Gets a value of the variant.</summary>
    /// <typeparam name="T">The type that the value was declared with.</typeparam>
    /// <param name="name">The value's name, compared case-insensitively.</param>
    /// <returns>The value set for the variant in the configuration or in code, or else the experiment's default.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    /// <exception cref="ArgumentException">The experiment declares no value with that name, or declares it with another type; the message says which.</exception>
    public T GetValue<T>(string name)
        where T : notnull, IParsable<T>
    {
        ArgumentNullException.ThrowIfNull(name);
        return !Values.TryGetValue(name, out var value)
            ? throw new ArgumentException(
                $"Experiment '{ExperimentName}' declares no value '{name}'. {(Values.Count == 0 ? "It declares none: call AddValue in Experiment(name, ...)." : $"It declares {string.Join(", ", Values.Keys)}.")}",
                nameof(name))
            : value is T typed
                ? typed
                : throw new ArgumentException(
                    $"Value '{name}' of experiment '{ExperimentName}' is declared as {CSharpTypeName.Of(value.GetType())}, not as {CSharpTypeName.Of(typeof(T))}. Call GetValue<{CSharpTypeName.Of(value.GetType())}>(\"{name}\").",
                    nameof(name));
    }
}
