using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>A registration that an experiment replaced and that is not one of its variants.</summary>
internal sealed record DroppedRegistration(string ExperimentName, Type Service, ServiceDescriptor Registered)
{
    /// <summary>Whether the registration is a factory, whose result is unknown and may be a variant.</summary>
    public bool IsFactory => Registered.ImplementationFactory is not null;
}
