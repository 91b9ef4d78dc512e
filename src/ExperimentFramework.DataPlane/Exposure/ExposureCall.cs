using System.ComponentModel;
using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>One call between its decision and its variant, while attributes are added. For generated code.</summary>
/// <typeparam name="TService">The tagged interface.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerStepThrough]
public readonly ref struct ExposureCall<TService>
    where TService : class
{
    private readonly TService _variant;
    private readonly ExposureTelling? _telling;

    internal ExposureCall(TService variant, ExposureTelling? telling)
    {
        _variant = variant;
        _telling = telling;
    }

    /// <summary>Adds an attribute, if the exposure is recorded.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">The attribute's value.</param>
    /// <returns>This call.</returns>
    public ExposureCall<TService> With<T>(string name, T value)
    {
        _telling?.Add(name, value);
        return this;
    }

    /// <summary>Records the exposure.</summary>
    /// <returns>The variant to call.</returns>
    public TService Serve()
    {
        _telling?.Tell();
        return _variant;
    }
}
