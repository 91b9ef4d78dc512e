using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A registration of a service that an experiment replaced, and that is none of its variants.</summary>
internal sealed record DroppedRegistration(string ExperimentName, Type Service, ServiceDescriptor Registered)
{
    /// <summary>Whether what it makes cannot be known, and may be a variant.</summary>
    public bool IsFactory => Registered.ImplementationFactory is not null;
}
