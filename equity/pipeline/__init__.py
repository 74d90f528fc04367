"""Build and publish: the only room that sees both sides of the privacy wall."""

from equity.pipeline.build import BuildReport, Progress, Status, build, publish, status

__all__ = ["BuildReport", "Progress", "Status", "build", "publish", "status"]
