namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>How a value changes that does not depend on a subject.</summary>
internal enum Volatility
{
    /// <summary>With each call.</summary>
    New,

    /// <summary>With each call, because it is the time: a part of it may be only the date.</summary>
    Time,

    /// <summary>With each process.</summary>
    Process,

    /// <summary>With the date, or the time of day.</summary>
    Date,
}
