"""ProductTypeEnum: The messaging product that carried a message."""

from .._models.open_enum import OpenEnum

__all__ = ["ProductTypeEnum"]


class ProductTypeEnum(OpenEnum):
    """The messaging product."""

    LOCAL_A2P = "LOCAL_A2P"
    P2P = "P2P"
    SHORT_CODE_REACH = "SHORT_CODE_REACH"
    TOLL_FREE = "TOLL_FREE"
    HOSTED_SHORT_CODE = "HOSTED_SHORT_CODE"
    ALPHA_NUMERIC = "ALPHA_NUMERIC"
    RBM_MEDIA = "RBM_MEDIA"
    RBM_RICH = "RBM_RICH"
    RBM_CONVERSATIONAL = "RBM_CONVERSATIONAL"

    # The name that a generator makes of this value.
    LOCAL_A2_P = LOCAL_A2P
