namespace ExperimentFramework.DataPlane;

/// <summary>A variant that the container creates, although a factory makes the service so far: what that makes cannot be known.</summary>
/// <param name="Service">The service.</param>
/// <param name="Variant">The variant.</param>
internal sealed record AssumedVariant(Type Service, Type Variant);
